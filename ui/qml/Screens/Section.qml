// A titled card with a few sentences.
pragma ComponentBehavior: Bound

import QtQuick
import Controls

Item {
    id: section

    property string iconName
    property string title
    property var lines: []
    default property alias more: words.data

    implicitHeight: words.implicitHeight + Theme.px(56)

    Card {
        anchors.fill: parent
    }
    Column {
        id: words
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: Theme.px(28)
        spacing: Theme.px(12)

        Row {
            spacing: Theme.px(14)
            width: parent.width

            Icon {
                id: icon
                anchors.verticalCenter: parent.verticalCenter
                name: section.iconName
                colour: Theme.primary
            }
            Words {
                width: parent.width - icon.width - parent.spacing
                text: section.title
                size: Theme.lead
                strong: true
            }
        }
        Repeater {
            model: section.lines

            Item {
                id: line

                required property string modelData

                width: words.width
                height: sentence.implicitHeight

                Rectangle {
                    x: Theme.px(18)
                    y: Math.round(Theme.body * 0.55)
                    width: Theme.px(12)
                    height: width
                    radius: width / 2
                    color: Theme.primary
                }
                Words {
                    id: sentence
                    x: Theme.px(62)
                    width: parent.width - x
                    text: line.modelData
                }
            }
        }
    }
}
