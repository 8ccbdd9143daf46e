// One kept submission: number, item, state, age, tries, and what keeps it.
import QtQuick
import Controls

Item {
    id: card

    property string key
    property string receiptNumber
    property string itemName
    property string stateText
    property string tone
    property string keptText
    property string ageText
    property int tries
    property string nextText
    property string settledText
    property string aboutText
    property string trouble
    property bool again
    signal againTouched
    signal cancelTouched

    implicitHeight: Math.max(words.implicitHeight, buttons.visible ? buttons.height : 0) + Theme.px(44)

    Card {
        anchors.fill: parent
        edge: card.tone === "bad" ? Theme.badEdge : Theme.edge
    }
    Column {
        id: words
        x: Theme.px(28)
        anchors.verticalCenter: parent.verticalCenter
        anchors.right: buttons.visible ? buttons.left : parent.right
        anchors.left: parent.left
        anchors.leftMargin: Theme.px(28)
        anchors.rightMargin: Theme.px(20)
        spacing: Theme.px(6)

        Flow {
            width: parent.width
            spacing: Theme.px(14)

            Words {
                text: card.receiptNumber
                strong: true
            }
            Tag {
                text: card.stateText
                colour: Theme.toned(card.tone)
                pale: Theme.tonedPale(card.tone)
            }
        }
        Words {
            width: parent.width
            text: card.itemName
            size: Theme.caption
        }
        Words {
            width: parent.width
            size: Theme.caption
            soft: true
            text: qsTr("暂存于 %1").arg(card.keptText) + (card.ageText !== "" ? qsTr("，已等 %1").arg(card.ageText) : "") + (card.tries > 0 ? qsTr("，发送过 %1 次").arg(card.tries) : "") + (card.nextText !== "" ? qsTr("，下次 %1").arg(card.nextText) : "") + (card.settledText !== "" ? qsTr("，了结于 %1").arg(card.settledText) : "")
        }
        Words {
            width: parent.width
            size: Theme.caption
            soft: true
            text: card.aboutText
        }
        Words {
            visible: text !== ""
            width: parent.width
            text: card.trouble
            size: Theme.caption
            strong: true
            color: Theme.bad
        }
    }
    Column {
        id: buttons
        visible: card.again
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(24)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(14)

        TouchButton {
            id: again
            objectName: "again-" + card.receiptNumber
            iconName: "send"
            text: qsTr("立即重发")
            onClicked: card.againTouched()
        }
        TouchButton {
            objectName: "cancel-" + card.receiptNumber
            width: again.width
            iconName: "close"
            text: qsTr("撤出")
            onClicked: card.cancelTouched()
        }
    }
}
