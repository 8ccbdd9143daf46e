// One question: label, answer as it stands, and in words what is wrong with it, beside it.
import QtQuick
import QtQuick.Templates as T

T.Button {
    id: row

    property string label
    property string answer
    property string hint
    property string complaint
    property bool sound: false
    property bool locked: false
    property bool needed: true
    property bool current: false
    readonly property bool stacked: Theme.large || !Theme.portrait

    implicitHeight: Math.max(Theme.touch, words.implicitHeight + Theme.px(32))
    enabled: !locked
    focusPolicy: Qt.NoFocus
    Accessible.name: label

    background: Card {
        raised: row.current
        colour: row.locked ? Theme.off : Theme.card
        edge: row.complaint !== "" ? Theme.bad : row.current ? Theme.primary : Theme.edge
        edgeWidth: row.complaint !== "" || row.current ? Theme.px(5) : Theme.edgeWidth
    }
    contentItem: Item {
        Column {
            id: words
            anchors.left: parent.left
            anchors.right: mark.left
            anchors.leftMargin: Theme.px(28)
            anchors.rightMargin: Theme.px(20)
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.px(4)

            Item {
                width: parent.width
                height: row.stacked ? question.height + given.height : Math.max(question.height, given.height)

                Words {
                    id: question
                    y: row.stacked ? 0 : (parent.height - height) / 2
                    width: row.stacked ? parent.width : parent.width * 0.4
                    text: row.needed ? row.label : qsTr("%1（可不填）").arg(row.label)
                    soft: true
                }
                Words {
                    id: given
                    x: row.stacked ? 0 : parent.width * 0.42
                    y: row.stacked ? question.height : (parent.height - height) / 2
                    width: parent.width - x
                    text: row.answer !== "" ? row.answer + (row.current ? "▏" : "") : row.current ? "▏" + row.hint : row.hint !== "" ? row.hint : qsTr("点这里填写")
                    size: row.answer === "" ? Theme.body : Theme.lead
                    strong: row.answer !== ""
                    color: row.answer === "" ? Theme.soft : row.locked ? Theme.offInk : Theme.ink
                }
            }
            Words {
                visible: text !== ""
                width: parent.width
                text: row.complaint
                size: Theme.caption
                strong: true
                color: Theme.bad
            }
        }
        Icon {
            id: mark
            objectName: "mark"
            anchors.right: parent.right
            anchors.rightMargin: Theme.px(28)
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.px(48)
            name: row.locked ? "lock" : row.complaint !== "" ? "error" : row.sound ? "check_circle" : "edit"
            colour: row.locked ? Theme.offInk : row.complaint !== "" ? Theme.bad : row.sound ? Theme.good : Theme.primary
        }
    }
}
