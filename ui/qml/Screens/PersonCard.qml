// 您好 张*三: whom the card or code named, masked; 不是我 forgets it at once.
import QtQuick
import Controls
import KioskUi

Item {
    id: person

    required property IdentifyModel identify

    implicitHeight: words.implicitHeight + Theme.px(96) + (other.below ? other.height + Theme.px(24) : 0)

    Card {
        anchors.fill: parent
        edge: Theme.good
        edgeWidth: Theme.px(5)
    }
    IconBadge {
        id: badge
        x: Theme.px(44)
        y: Theme.px(48)
        size: Theme.px(140)
        name: "person"
        colour: Theme.good
    }
    Column {
        id: words
        anchors.left: badge.right
        anchors.leftMargin: Theme.px(40)
        anchors.right: other.below ? parent.right : other.left
        anchors.rightMargin: Theme.px(28)
        y: Theme.px(48)
        spacing: Theme.px(8)

        Words {
            objectName: "greeting"
            width: parent.width
            text: qsTr("您好，%1").arg(person.identify.name)
            size: Theme.hero
            strong: true
        }
        Words {
            width: parent.width
            text: person.identify.documentText
            soft: true
        }
        OneLine {
            width: parent.width
            text: person.identify.number
            largest: Theme.lead
        }
        Words {
            visible: person.identify.cardDone
            width: parent.width
            text: qsTr("别忘了取走您的证件")
            strong: true
            color: Theme.warn
        }
    }
    TouchButton {
        id: other
        readonly property bool below: person.width < Theme.px(1100)

        objectName: "not-me"
        x: parent.width - width - Theme.px(36)
        y: below ? words.y + words.height + Theme.px(24) : (parent.height - height) / 2
        iconName: "close"
        text: qsTr("不是我")
        onClicked: person.identify.disown()
    }
}
